print("meshspec")
