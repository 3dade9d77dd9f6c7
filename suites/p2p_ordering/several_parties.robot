*** Settings ***
Documentation    Three users who know nothing of each other.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Three-way merge
    [Documentation]    Three versions of one file: each of them is kept, and all show the same one.
    [Tags]    P-2.3.1    priority:high
    Given Alice, Bob and Carol share a folder
      And Alice, Bob and Carol go offline
     When Alice writes file "plan.txt"
      And Bob writes file "plan.txt"
      And Carol writes file "plan.txt"
      And Alice, Bob and Carol come online
     Then file "plan.txt" should have 3 versions everywhere within 30 seconds
      And all folders should be equal within 30 seconds

Circular dependencies
    [Documentation]    Each needs what the next one has, all at once: nobody waits for ever.
    [Tags]    P-2.3.2    priority:medium
    Given Alice, Bob and Carol share a folder in a ring
      And Alice, Bob and Carol go offline
     When Alice writes file "a.bin" of 2 MB
      And Bob writes file "b.bin" of 2 MB
      And Carol writes file "c.bin" of 2 MB
      And Alice, Bob and Carol come online
     Then all folders should be equal within 30 seconds
      And a change should cost at most 1 transfer per device

Consensus failures
    [Documentation]    Alice and Bob are each for their own version, without knowing of each other: both versions stay.
    [Tags]    P-2.3.3    priority:high
    Given Alice, Bob and Carol share a folder
      And Alice and Bob go offline
     When Alice writes file "plan.txt"
      And Bob writes file "plan.txt"
      And Alice and Bob come online
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds
     When Alice and Bob go offline
      And Alice and Bob each vote for their own version of file "plan.txt"
      And Alice and Bob come online
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds

A majority decides
    [Documentation]    Bob and Carol are for Bob's version, which is more than half: Alice's is there no more, for all.
    [Tags]    P-2.3.3    priority:high
    Given Alice, Bob and Carol share a folder
      And Alice and Bob go offline
     When Alice writes file "plan.txt"
      And Bob writes file "plan.txt"
      And Alice and Bob come online
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds
     When Bob votes for Bob's version of file "plan.txt"
      And Carol votes for Bob's version of file "plan.txt"
     Then file "plan.txt" should have 1 version everywhere within 30 seconds

Quorum issues
    [Documentation]    Nobody reaches anybody, so that they cannot agree who is first: nobody is, until they meet again.
    [Tags]    P-2.3.4    priority:high
    Given Alice, Bob and Carol share a folder
     When the networks of Alice, Bob and Carol are cut
      And Alice writes file "plan.txt"
      And Alice, Bob and Carol ask for the lock of "plan.txt" at once
     Then nobody should have the lock of "plan.txt" for 10 seconds
     When the networks of Alice, Bob and Carol are restored after 12 seconds
     Then the lock of "plan.txt" should be with one of Alice, Bob and Carol within 30 seconds
      And all folders should be equal within 30 seconds

Byzantine ordering
    [Documentation]    Mallory tells each one another order of two versions: all find that out, and none of hers stays.
    [Tags]    P-2.3.5    priority:high
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who sends different orders to different peers
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Mallory shares 2 versions of file "plan.txt"
     Then everybody should have exposed Mallory within 20 seconds
      And all folders should be equal within 30 seconds
      And Bob should have Alice's file "plan.txt" within 10 seconds

Time warp
    [Documentation]    A peer whose clock is years ahead spoils the order for nobody else.
    [Tags]    P-2.3.6    priority:high
    Given Alice, Bob and Carol share a folder
      And Carol's clock is 20000 hours ahead
     When Carol writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Bob writes file "plan.txt"
     Then file "plan.txt" should have 1 version everywhere within 30 seconds
      And Carol should have Bob's file "plan.txt" within 10 seconds

Replay attacks
    [Documentation]    Mallory says again what Alice said before: her old version must not come back.
    [Tags]    P-2.3.7    priority:high
    Given Alice and Bob share a folder
      And Mallory joins as a hostile peer who says again what others said before
     When Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Mallory shares 1 version of file "list.txt"
     Then nothing should be transferred for 5 seconds
      And file "plan.txt" should have 1 version everywhere within 10 seconds
