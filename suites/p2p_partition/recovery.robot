*** Settings ***
Documentation    What becomes of states that went apart.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Merge strategies
    [Documentation]    One part has deleted what the other one has changed: the change is kept.
    [Tags]    P-4.3.1
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When the network splits into Alice and Bob against Carol
      And Bob deletes file "plan.txt"
      And Carol writes file "plan.txt"
      And the network heals after 5 seconds
     Then file "plan.txt" should have 1 version everywhere within 30 seconds

A file and a directory of one name
    [Documentation]    One part has a file where the other one has a directory: both are kept, everywhere the same.
    [Tags]    P-4.3.1
    Given Alice, Bob and Carol share a folder
     When the network splits into Alice and Bob against Carol
      And Alice writes file "docs"
      And Carol writes file "docs/plan.txt"
      And the network heals after 5 seconds
     Then all folders should be equal within 30 seconds
      And Alice should have Carol's file "docs/plan.txt" within 30 seconds

Conflict resolution
    [Documentation]    Both versions are kept until a user says which one stays, and then that one stays for all.
    [Tags]    P-4.3.2
    Given Alice, Bob and Carol share a folder
     When the network splits into Alice and Bob against Carol
      And Alice writes file "plan.txt"
      And Carol writes file "plan.txt"
      And the network heals after 5 seconds
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds
     When Bob keeps only the shown version of "plan.txt"
     Then file "plan.txt" should have 1 version everywhere within 30 seconds

Version vectors
    [Documentation]    Who knew the other's version has replaced it, whatever partition came in between.
    [Tags]    P-4.3.3
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When the network splits into Alice and Bob against Carol
      And Bob writes file "plan.txt" 2 times
      And the network heals after 5 seconds
     Then file "plan.txt" should have 1 version everywhere within 30 seconds
      And Carol should have Bob's file "plan.txt" within 10 seconds

Tombstones
    [Documentation]    Each part deletes a file that the other still has: both are gone, on all.
    [Tags]    P-4.3.4
    Given Alice, Bob and Carol share a folder
     When Alice writes files "plan.txt" and "list.txt"
     Then all folders should be equal within 30 seconds
     When the network splits into Alice and Bob against Carol
      And Bob deletes file "plan.txt"
      And Carol deletes file "list.txt"
      And the network heals after 5 seconds
     Then file "plan.txt" should be deleted everywhere within 30 seconds
      And file "list.txt" should be deleted everywhere within 30 seconds

Catch-up sync
    [Documentation]    Who was away gets what it has missed, and nothing that it had.
    [Tags]    P-4.3.5
    Given Alice, Bob and Carol share a folder
     When Alice writes 10 files of 10 KB
     Then all folders should be equal within 30 seconds
     When the network splits into Alice and Bob against Carol
      And Alice writes 10 files of 10 KB
      And the network heals after 5 seconds
     Then all folders should be equal within 30 seconds
      And a change should cost at most 1 transfer per device

Rollback
    [Documentation]    What the smaller part wrote is undone: an edit, and a new file.
    [Tags]    P-4.3.6
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When the network splits into Alice and Bob against Carol
      And Carol writes files "plan.txt" and "notes.txt"
      And the network heals after 5 seconds
     Then all folders should be equal within 30 seconds
     When Bob takes back what Carol wrote during the split
     Then Carol should have Alice's file "plan.txt" within 10 seconds
      And file "notes.txt" should be deleted everywhere within 30 seconds

Rollback of one of two
    [Documentation]    Both parts wrote one file: when the version of the smaller part is undone, the other one stays.
    [Tags]    P-4.3.6
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When the network splits into Alice and Bob against Carol
      And Alice writes file "plan.txt"
      And Carol writes file "plan.txt"
      And the network heals after 5 seconds
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds
     When Bob takes back what Carol wrote during the split
     Then file "plan.txt" should have 1 version everywhere within 30 seconds

History reconciliation
    [Documentation]    Two histories that went apart are one in the end, on every peer, causes before effects.
    [Tags]    P-4.3.7
    Given Alice, Bob and Carol share a folder in a chain
     When the network splits into Alice against Bob
      And Alice writes file "film.bin" of 1 MB
      And Alice writes file "plan.txt"
      And Carol writes 5 files of 1 KB
      And the network heals after 5 seconds
     Then all folders should be equal within 30 seconds
