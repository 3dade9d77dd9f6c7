*** Settings ***
Documentation    What is under way when the network falls into parts, and what both parts do meanwhile.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Mid-sync partition
    [Documentation]    A large file is on its way when the network splits: nobody may see a part of it.
    [Tags]    P-4.2.1
    Given Alice and Bob share a folder
      And Bob's bandwidth is limited to 100 KB/s
     When Alice writes file "film.bin" of 400 KB
      And the network splits into Alice against Bob
      And the network heals after 2 seconds
     Then all folders should be equal within 30 seconds
      And a change should cost at most 2 transfers per device

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
