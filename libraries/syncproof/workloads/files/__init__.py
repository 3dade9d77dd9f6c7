"""Files of a folder that several devices keep the same, without a server in between."""

#: The product that its suites run on where a run names none.
PRODUCT = "peers"
NEEDS = ("workloads:files",)
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "folders:parts": "peers that tell of each part of a file that comes",
    "folders:rules": "peers whose owner says who may read and write which files",
    "folders:transfers": "peers that tell of everything that comes to them",
    "folders:undo": "peers whose users can take a change back",
    "folders:votes": "peers whose users can vote",
    "folders:websockets": "peers that speak with each other by WebSockets",
    "folders:work": "peers that count what they hash and pack",
    "settings:fanout": "peers whose manifest says to how many they are linked",
    "settings:message_s": "peers whose manifest says how many messages they take in that nobody asked for",
    "settings:doubts": "peers that are read-only when they do not know whom to believe",
    "clients:two_faced": "a peer that sends different orders to different peers",
    "clients:selective": "a peer that shares different versions with different peers",
    "clients:forking": "a peer that forks its history",
    "clients:damaging": "a peer that sends damaged blocks",
    "clients:lying": "a peer that lies about sizes, hashes and times",
    "clients:dropping": "a peer that silently drops what others ask for",
    "clients:trickling": "a peer that sends one byte a second",
    "clients:flooding": "a peer that floods the others with messages",
    "clients:hopping": "a peer that floods the others on one connection after the other",
    "clients:prying": "a peer that asks for what nobody has told it of",
    "clients:forging": "a peer that changes what others wrote",
    "clients:stuffing": "a peer that votes again and again",
    "clients:replaying": "a peer that says again what others said before",
    "clients:tampering": "a peer that tampers with what is in files",
    "clients:posing": "a peer that writes in the names of others",
    "clients:unchained": "a peer that breaks the chain of what it says",
    "clients:inventing": "a peer that invents other peers",
    "clients:hoarding": "a peer that keeps to itself what others wrote",
    "clients:uninvited": "a peer that asks for what is not shared with it",
    "clients:curious": "a peer that asks for what it may not read",
    "clients:trespassing": "a peer that changes what it may only read",
    "clients:decaying": "a peer with a disk that damages what it keeps",
    "clients:flipping": "a peer with a memory that flips bits",
    "clients:buggy": "a peer with a buggy program",
    "clients:muddled": "a peer with an inconsistent state",
}
