"""Registration (主体注册): who a party is, its roles, and the devices that speak for it (R-PLAT-08)."""
