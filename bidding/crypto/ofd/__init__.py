"""Documents as OFD (GB/T 33190-2016), sealed (GB/T 38540-2020): statutory papers that other software opens and checks.

``layout``     text broken into the lines of pages
``document``   the document's XML files
``eseal``      the electronic seal and the signature made with it (ASN.1)
``package``    the signed package, and how it is checked
"""
