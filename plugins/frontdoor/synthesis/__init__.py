"""A seeded synthetic council that writes deliveries as its agencies would: independent of the code that reads them."""
