"""One spider per portal group; all of them are `PortalSpider` with a list of portals."""
