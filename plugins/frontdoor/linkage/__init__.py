"""How records become children: the comparisons, their weights, people's decisions and the words to explain them."""
