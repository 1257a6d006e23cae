"""Feed contracts: the only place where a feed is described; everything else about it follows."""
