*** Settings ***
Documentation    Peers that could all be linked to each other keep to a tree: all get everything, and nobody gives much.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Hierarchical topology
    [Documentation]    One change costs twelve peers fewer messages than a mesh needs only to say that there is one.
    [Tags]    P-5.3.1    priority:high
    Given 12 peers share a folder as a tree with 2 branches
     When it is measured what 1 versions of "plan.txt" by Alice cost
      And it is measured what 1 versions of "plan.txt" by Heidi cost
     Then one change should have cost fewer messages than in a mesh

Bandwidth multiplication
    [Documentation]    A film for eleven peers leaves Alice four times, and not eleven.
    [Tags]    P-5.1.3    priority:high
    Given 12 peers share a folder as a tree with 2 branches
     When Alice writes file "film.bin" of 1 MB
     Then all folders should be equal within 30 seconds
      And no device should have given away more than 5 copies

Hot spots
    [Documentation]    What everybody wants of Heidi, at the edge, does not weigh on her, nor on those who pass it on.
    [Tags]    P-5.1.7
    Given 12 peers share a folder as a tree with 2 branches
     When Heidi writes file "film.bin" of 1 MB
      And Heidi writes file "song.bin" of 500 KB
     Then all folders should be equal within 30 seconds
      And no device should have given away more than 5 copies

Network topology
    [Documentation]    What Alice writes is at each of twelve peers after three steps at most.
    [Tags]    P-5.1.6
    Given 12 peers share a folder as a tree with 2 branches
     When Alice writes file "film.bin" of 200 KB
     Then all folders should be equal within 30 seconds
      And nothing should have taken more than 3 steps

Network scaling
    [Documentation]    All that eight peers get is hardly more than the files, once for each.
    [Tags]    P-5.2.5
    Given 8 peers share a folder as a tree with 2 branches
     When Alice writes 5 files of 200 KB
     Then all folders should be equal within 30 seconds
      And at most 1.5 times the least possible should have been transferred

Gossip protocols
    [Documentation]    Alice does not reach two of her neighbours: what she writes comes to all by way of others.
    [Tags]    P-5.3.2
    Given 8 peers share a folder as a tree with 2 branches
     When the network splits into Alice against Bob and Carol
      And Alice writes 5 files of 1 KB
     Then all folders should be equal within 30 seconds
