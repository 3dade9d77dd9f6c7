module minimal-go

go 1.21
