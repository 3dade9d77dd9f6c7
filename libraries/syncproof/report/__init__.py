"""What a run says at its end:

the closing line over all its tests, and the second run of those that failed.
"""
