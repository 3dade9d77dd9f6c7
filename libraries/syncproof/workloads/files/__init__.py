"""Files of a folder that several devices keep the same, without a server in between."""

#: The product that its suites run on where a run names none.
PRODUCT = "peers"
NEEDS = ("workloads:files",)
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "clients:two_faced": "a peer that sends different orders to different peers",
    "clients:selective": "a peer that shares different versions with different peers",
    "clients:forking": "a peer that forks its history",
}
