*** Settings ***
Documentation    What is under way when the network falls into parts, and what both parts do meanwhile.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Mid-sync partition
    [Documentation]    The network splits when Bob has a part of a film: he does not show it, and gets only the rest.
    [Tags]    P-4.2.1    unscaled
    Given Alice and Bob share a folder
      And Bob's bandwidth is limited to 100 KB/s
     When Alice writes file "film.bin" of 1500 KB
     Then Bob should have got 100 KB of files within 30 seconds
     When the network splits into Alice against Bob
      And the network heals after 2 seconds
     Then all folders should be equal within 60 seconds
      And a change should cost at most 1 transfer per device

One of two sources is gone
    [Documentation]    Bob gets a film that two others have written alike; when one of them is gone, the other is there.
    [Tags]    P-4.2.1    unscaled
    Given Alice, Bob and Carol share a folder in a chain
      And Bob's latency is set to 1 second
      And Alice and Carol go offline
     When Alice and Carol write the same file "film.bin" of 6 MB
      And Alice and Carol come online
     Then Bob should have got 640 KB of files within 30 seconds
     When the network splits into Alice against Bob
     Then Bob should have Carol's file "film.bin" within 60 seconds
     When the network heals after 5 seconds
     Then file "film.bin" should have 1 version everywhere within 30 seconds

Partition during lock
    [Documentation]    Nobody hears that Alice gives the lock back: it ends by itself, and goes to Bob.
    [Tags]    P-4.2.2
    Given Alice, Bob and Carol share a folder
     When Alice asks for the lock of "plan.txt"
     Then Alice should have the lock of "plan.txt" within 10 seconds
     When the network splits into Alice against Bob and Carol
      And Alice writes file "plan.txt"
      And Alice gives back the lock of "plan.txt"
      And Bob asks for the lock of "plan.txt"
     Then Bob should have the lock of "plan.txt" within 40 seconds
     When the network heals after 30 seconds
     Then Alice should show Bob's lock of "plan.txt" within 20 seconds

Split brain syndrome
    [Documentation]    Alice, who leads, is cut off: she must know that she leads no more before another one does.
    [Tags]    P-4.2.3
    Given Alice, Bob and Carol share a folder
     When Alice stands for election
     Then Alice should lead within 10 seconds
     When Bob and Carol stand for election
      And the network splits into Alice against Bob and Carol
      And Alice writes file "plan.txt"
     Then the leader should be one of Bob and Carol within 40 seconds
      And Alice should have lost the lead within 10 seconds
     When the network heals after 30 seconds
     Then all folders should be equal within 30 seconds

Divergent state
    [Documentation]    Both parts write the same file again and again: the last version of each part is kept.
    [Tags]    P-4.2.4
    Given Alice, Bob and Carol share a folder
     When the network splits into Alice and Bob against Carol
      And Alice writes file "plan.txt" 3 times
      And Carol writes file "plan.txt" 3 times
      And the network heals after 5 seconds
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds

Conflict explosion
    [Documentation]    Many conflicts at once are as many files more, and no storm.
    [Tags]    P-4.2.5
    Given Alice, Bob and Carol share a folder
     When the network splits into Alice and Bob against Carol
      And Alice writes files "1", "2", "3", "4" and "5"
      And Carol writes files "1", "2", "3", "4" and "5"
      And the network heals after 5 seconds
     Then all folders should be equal within 30 seconds
      And file "3" should have 2 versions everywhere within 30 seconds
      And nothing should be transferred for 5 seconds

Lost updates
    [Documentation]    What the smaller part wrote is not lost though the larger one wrote more.
    [Tags]    P-4.2.6
    Given Alice, Bob and Carol share a folder
     When the network splits into Alice and Bob against Carol
      And Carol writes file "plan.txt"
      And Alice writes file "plan.txt" 4 times
      And the network heals after 5 seconds
     Then all folders should be equal within 30 seconds

Zombie files
    [Documentation]    A file that one part has deleted does not come back with those who still had it.
    [Tags]    P-4.2.7
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When the network splits into Alice and Bob against Carol
      And Bob deletes file "plan.txt"
      And the network heals after 5 seconds
     Then file "plan.txt" should be deleted everywhere within 30 seconds

Zombie twins
    [Documentation]    A file that both parts wrote alike is one file: a deletion by any device deletes it everywhere.
    [Tags]    P-4.2.7
    Given Alice, Bob and Carol share a folder
     When the network splits into Alice and Bob against Carol
      And Alice and Carol write the same file "plan.txt" of 1 KB
      And the network heals after 5 seconds
     Then file "plan.txt" should have 1 version everywhere within 30 seconds
     When Bob deletes file "plan.txt"
     Then file "plan.txt" should be deleted everywhere within 30 seconds
