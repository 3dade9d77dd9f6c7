*** Settings ***
Documentation    What holds whatever users do at once, and whatever becomes of the network meanwhile.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Zero loops
    [Documentation]    A ring, slow links, a clock that is wrong, and four users who do all kinds of things at once: it
    ...                ends in silence, and nobody got anything twice.
    [Tags]    P-9.1.1
    Given Alice, Bob, Carol and Dave share a folder in a ring
      And Alice's clock is 1 hour ahead
      And the latency both ways of all links is set to 100 ms
     When Alice, Bob, Carol and Dave change files at random 10 times each
     Then all folders should be equal within 30 seconds
      And nothing should be transferred for 10 seconds
      And a change should cost at most 1 transfer per device

Eventual consistency
    [Documentation]    Five users change the same files, and know nothing of each other: all end with the same.
    [Tags]    P-9.1.2
    Given Alice, Bob, Carol, Dave and Erin share a folder
     When Alice writes 5 files of 1 KB
     Then all folders should be equal within 30 seconds
     When Alice, Bob and Carol go offline
      And Alice, Bob, Carol, Dave and Erin change files at random 8 times each
      And Alice, Bob and Carol come online
     Then all folders should be equal within 30 seconds

Partition tolerance
    [Documentation]    Both parts of a split network go on, and are one again after it.
    [Tags]    P-9.1.3
    Given Alice, Bob, Carol, Dave and Erin share a folder
     When the network splits into Alice and Bob against Carol, Dave and Erin
      And Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Dave writes file "list.txt"
     Then Erin should have Dave's file "list.txt" within 10 seconds
     When Alice, Bob, Carol, Dave and Erin change files at random 4 times each
      And the network heals after 5 seconds
     Then all folders should be equal within 30 seconds

Ordering guarantee
    [Documentation]    Each answers what the one before has said, and the first one said much: Carol, who gets all of it
    ...                at once, must not read an answer before what it answers.
    [Tags]    P-9.1.6
    Given Alice, Bob, Carol and Dave share a folder
      And Carol goes offline
     When Alice writes file "film.bin" of 3 MB
     Then Bob should have Alice's file "film.bin" within 10 seconds
     When Bob writes file "review.txt"
     Then Dave should have Bob's file "review.txt" within 10 seconds
     When Dave writes file "answer.txt"
      And Carol comes online
     Then all folders should be equal within 30 seconds

Zero data loss
    [Documentation]    Users write the same files while some are offline, and Bob is killed in the middle of it all:
    ...                each version is there in the end.
    [Tags]    P-9.3.2
    Given Alice, Bob, Carol and Dave share a folder
     When Alice writes 5 files of 1 KB
     Then all folders should be equal within 30 seconds
     When Alice and Dave go offline
      And Alice, Carol and Dave change files at random 10 times each
      And Alice and Dave come online
      And Bob is killed
      And Bob starts again after 3 seconds
     Then all folders should be equal within 30 seconds

Recovery after a partition
    [Documentation]    Both parts wrote much while they were apart: all of it is everywhere soon after they meet again.
    [Tags]    P-9.3.3    unscaled
    Given Alice, Bob, Carol, Dave and Erin share a folder
     When the network splits into Alice and Bob against Carol, Dave and Erin
      And Alice writes 40 files of 4 KB
      And Dave writes 40 files of 4 KB
      And the network heals after 10 seconds
     Then recovery should have taken at most 15 seconds
      And all folders should be equal within 30 seconds
