*** Settings ***
Documentation    A lock lasts as long as somebody keeps it, and no failure makes two of it, or one that stays for ever.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Stale lock
    [Documentation]    Alice is killed while she has the lock: what she wrote is synced, and Bob gets the lock in time.
    [Tags]    P-1.2.2    priority:high
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
      And Alice asks for the lock of "plan.txt"
     Then Alice should have the lock of "plan.txt" within 10 seconds
     When Alice is killed
      And Bob asks for the lock of "plan.txt"
     Then Bob should have the lock of "plan.txt" within 40 seconds
     When Alice starts again after 30 seconds
     Then Alice should show Bob's lock of "plan.txt" within 20 seconds
      And all folders should be equal within 30 seconds

Lock timeout
    [Documentation]    Alice's lock ends in the middle of her film: she must know that.
    [Tags]    P-1.2.3    priority:high
    Given Alice, Bob and Carol share a folder
     When Alice asks for the lock of "film.bin"
      And Alice writes file "film.bin" of 20 MB
     Then Bob should have got 100 KB of files within 30 seconds
     When Alice's process is suspended
      And Bob asks for the lock of "film.bin"
     Then Bob should have the lock of "film.bin" within 40 seconds
     When Alice's process is resumed after 30 seconds
     Then Alice should have lost the lock of "film.bin" within 10 seconds
      And all folders should be equal within 60 seconds

Distributed lock conflict
    [Documentation]    The network splits before two ask for one lock: only the one in the larger part gets it.
    [Tags]    P-1.2.5    priority:high
    Given Alice, Bob and Carol share a folder
     When the network splits into Alice against Bob and Carol
      And Alice writes file "plan.txt"
      And Alice and Bob ask for the lock of "plan.txt" at once
     Then Bob should have the lock of "plan.txt" within 20 seconds
     When the network heals after 20 seconds
     Then all folders should be equal within 30 seconds
     When Bob gives back the lock of "plan.txt"
     Then Alice should have the lock of "plan.txt" within 20 seconds

Lock file corruption
    [Documentation]    A damaged lock file stops neither the lock nor the file, and is made anew.
    [Tags]    P-1.2.6    priority:medium
    Given Alice and Bob share a folder
     When Alice asks for the lock of "plan.txt"
     Then Bob should show Alice's lock of "plan.txt" within 10 seconds
     When Bob's lock file of "plan.txt" is damaged
      And Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
      And Bob should show Alice's lock of "plan.txt" within 10 seconds
     When Alice gives back the lock of "plan.txt"
     Then Bob should show no lock of "plan.txt" within 10 seconds

Lock permission issues
    [Documentation]    Bob's device may not write the lock file: Alice has the lock, other files are synced, and it is
    ...                there as soon as it may be.
    [Tags]    P-1.2.7    priority:medium
    Given Alice and Bob share a folder
     When Bob writes file "docs/plan.txt"
      And Bob's directory "docs" is read-only
      And Alice asks for the lock of "docs/plan.txt"
     Then Alice should have the lock of "docs/plan.txt" within 10 seconds
      And Bob should show no lock of "docs/plan.txt" within 10 seconds
     When Alice writes file "list.txt"
     Then Bob should have Alice's file "list.txt" within 10 seconds
     When Bob's directory "docs" is writable again
     Then Bob should show Alice's lock of "docs/plan.txt" within 10 seconds
