"""What a supplier sends: file names, manifests, the inbox, the archive and strict readers of each format."""
