*** Settings ***
Documentation    Peers and networks that do harm and do not know it: nobody loses anything by that.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Disk corruption
    [Documentation]    Carol reaches Mallory alone, whose disk has damaged Alice's film: Mallory finds out, gets it
    ...                again from others, and passes it on as it was.
    [Tags]    P-3.2.1
    Given Alice, Bob and Carol share a folder
      And Mallory joins with a disk that damages what it keeps
     When the network splits into Carol against Alice and Bob
      And Alice writes file "film.bin" of 1 MB
     Then Carol should have Alice's file "film.bin" within 30 seconds
     When the network heals after 5 seconds
     Then all folders should be equal within 30 seconds

Memory errors
    [Documentation]    Some blocks that Mallory sends are as they should be, others are not: Carol takes none of these.
    [Tags]    P-3.2.2
    Given Alice, Bob and Carol share a folder
      And Mallory joins with a memory that flips bits
     When the network splits into Carol against Alice and Bob
      And Alice writes file "film.bin" of 1 MB
     Then Carol should have Mallory quarantined within 30 seconds
     When the network heals after 5 seconds
     Then all folders should be equal within 30 seconds

Software bugs
    [Documentation]    Mallory says what no peer says: the others go on, with each other and with her.
    [Tags]    P-3.2.3
    Given Alice, Bob and Carol share a folder
      And Mallory joins with a buggy program
     When Alice writes 6 files of 4 KB
     Then all folders should be equal within 30 seconds
     When Bob writes file "list.txt"
     Then Carol should have Bob's file "list.txt" within 30 seconds
      And all folders should be equal within 30 seconds

Clock issues
    [Documentation]    Alice's clock is in the last century: what she writes on top of Bob's version is the newer one.
    [Tags]    P-3.2.4    unscaled
    Given Alice, Bob and Carol share a folder
      And Alice's clock is 876000 hours behind
     When Bob writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Alice writes file "plan.txt"
     Then Carol should have Alice's file "plan.txt" within 10 seconds
      And all folders should be equal within 30 seconds

Partial failures
    [Documentation]    Carol can write some files and not others: she has all that she can, and the rest later.
    [Tags]    P-3.2.5
    Given Alice, Bob and Carol share a folder
     When Alice writes file "docs/plan.txt"
     Then all folders should be equal within 30 seconds
     When Carol's directory "docs" is read-only
      And Alice writes files "docs/plan.txt" and "list.txt"
     Then Carol should have Alice's file "list.txt" within 10 seconds
     When Carol's directory "docs" is writable again
     Then all folders should be equal within 30 seconds

Inconsistent state
    [Documentation]    Mallory takes for her own what nobody has: Bob asks her for it, and Alice when nothing comes.
    [Tags]    P-3.2.6
    Given Alice, Bob and Carol share a folder
      And Mallory joins with an inconsistent state
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Alice writes file "list.txt"
     Then Bob should have Alice's file "list.txt" within 60 seconds
      And Alice should have Mallory quarantined within 90 seconds
      And all folders should be equal within 30 seconds

Network issues
    [Documentation]    What Alice and Bob say to each other is damaged on its way: neither takes the other for a liar.
    [Tags]    P-3.2.7
    Given Alice, Bob and Carol share a folder in a chain
      And what Alice and Bob say to each other is damaged on its way
     When Alice writes file "film.bin" of 1 MB
     Then Bob should have Alice's file "film.bin" within 30 seconds
      And all folders should be equal within 30 seconds
