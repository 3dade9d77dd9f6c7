"""What is judged of storage that takes nothing, on devices and on servers."""
