*** Settings ***
Documentation    The network falls into parts, and comes together again.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Two-way split
    [Documentation]    Both parts go on by themselves; when they meet again, each has what the other wrote.
    [Tags]    P-4.1.1
    Given Alice, Bob, Carol and Dave share a folder
     When the network splits into Alice and Bob against Carol and Dave
      And Alice writes 5 files of 1 KB
      And Dave writes 5 files of 1 KB
      And the network heals after 5 seconds
     Then all folders should be equal within 30 seconds

Islands
    [Documentation]    Nobody reaches anybody, and everybody writes.
    [Tags]    P-4.1.2
    Given Alice, Bob and Carol share a folder
     When the networks of Alice, Bob and Carol are cut
      And Alice writes 3 files of 1 KB
      And Bob writes 3 files of 1 KB
      And Carol writes 3 files of 1 KB
      And the networks of Alice, Bob and Carol are restored after 5 seconds
     Then all folders should be equal within 30 seconds

Bridge
    [Documentation]    Alice and Carol cannot reach each other: Bob, who reaches both, passes everything on.
    [Tags]    P-4.1.3
    Given Alice, Bob and Carol share a folder
     When the network splits into Alice against Carol
      And Alice writes file "plan.txt"
     Then Carol should have Alice's file "plan.txt" within 10 seconds
     When the network heals after 5 seconds
     Then all folders should be equal within 30 seconds

Asymmetric partition
    [Documentation]    Alice hears nothing of Bob, who hears her: what he writes comes to her by way of Carol.
    [Tags]    P-4.1.4
    Given Alice, Bob and Carol share a folder
     When Alice does not hear Bob any more
      And Bob writes file "plan.txt"
     Then Alice should have Bob's file "plan.txt" within 30 seconds
     When the network heals after 5 seconds
     Then all folders should be equal within 30 seconds

Partial partition
    [Documentation]    Between Alice and Bob requests pass, and no WebSocket: what they write goes by way of Carol.
    [Tags]    P-4.1.7
    Given Alice, Bob and Carol share a folder
     When no WebSocket passes between Alice and Bob
      And Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Bob writes file "list.txt"
     Then Alice should have Bob's file "list.txt" within 10 seconds
     When the network heals after 5 seconds
     Then all folders should be equal within 30 seconds
      And Alice should be syncing again within 30 seconds

Transient partition
    [Documentation]    Bob's network comes and goes while files are on their way.
    [Tags]    P-4.1.5
    Given Alice, Bob and Carol share a folder
     When Alice spends 10 seconds writing 20 files of 100 KB
      And Bob's connection flaps every 2 seconds
     Then all folders should be equal within 30 seconds

Rolling partition
    [Documentation]    One peer after the other is cut off: each gets in the end what it has missed.
    [Tags]    P-4.1.6
    Given Alice, Bob and Carol share a folder
     When Alice spends 24 seconds writing 40 files of 1 KB
      And Alice, Bob and Carol are cut off one after the other for 3 seconds each
     Then all folders should be equal within 30 seconds
