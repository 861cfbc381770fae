"""The built site, looked at as its readers' browsers see it."""
