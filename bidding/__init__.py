"""100服务: tenders of a public-resource trading centre, online from admission to signed contract."""
