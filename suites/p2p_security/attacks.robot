*** Settings ***
Documentation    Mallory does not want to get in, or is in already: she does as much as she can.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Denial of service
    [Documentation]    Mallory leaves no connection to anybody else: Carol gets through to the others all the same.
    [Tags]    P-6.2.5
    Given Alice, Bob and Carol share a folder
      And Carol goes offline
      And Mallory comes as a stranger who leaves no room for others
     When Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Mallory has tried 150 times
      And Carol comes online
     Then Carol should have Alice's file "plan.txt" within 20 seconds
      And all folders should be equal within 30 seconds

Eclipse attack
    [Documentation]    All neighbours of Alice's in the tree are hostile, and pass on nothing: those whom she has known
    ...                for longer hear of her, and she of them.
    [Tags]    P-6.2.3
    Given Alice, Bob, Carol and Dave share a folder as a tree with 2 branches
      And hostile peers surround Alice, 4 in all, each of whom keeps to itself what others wrote
     When Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Carol writes file "list.txt"
     Then Alice should have Carol's file "list.txt" within 10 seconds
      And all folders should be equal within 30 seconds

Rate limiting
    [Documentation]    Mallory says little on each connection, and connects again and again: it is she all the same.
    [Tags]    P-6.3.3    unscaled
    Given devices take in 20 messages a second that nobody asked for
      And Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who floods the others on one connection after the other
     When Mallory shares 1 version of file "plan.txt"
      And Alice writes file "list.txt"
     Then Bob should have Alice's file "list.txt" within 10 seconds
      And nothing should be transferred for 2 seconds
      And nobody should take in more than 350 messages of Mallory's in 5 seconds

Intrusion detection: guesses
    [Documentation]    Mallory guesses what others may have: all go on, and tell their users of her.
    [Tags]    P-6.3.5
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who asks for what nobody has told it of
     When Alice writes file "list.txt"
      And Mallory shares 1 version of file "plan.txt"
     Then everybody should have reported Mallory within 20 seconds
      And all folders should be equal within 30 seconds

Intrusion detection: a flood
    [Documentation]    Mallory says the same a thousand times: that is not only slowed down, users hear of it, too.
    [Tags]    P-6.3.5    unscaled
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who floods the others with messages
     When Alice writes file "list.txt"
      And Mallory shares 1 version of file "plan.txt"
     Then everybody should have reported Mallory within 20 seconds
      And all folders should be equal within 30 seconds
