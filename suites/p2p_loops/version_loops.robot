*** Settings ***
Documentation    A version that builds on another one replaces it, on every peer, and stirs up nothing.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Self-loop
    [Documentation]    Alice changes what she got from Bob: that is a new version, and neither a conflict nor a loop.
    [Tags]    P-1.1.3    priority:high
    Given Alice and Bob share a folder
     When Bob writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Alice writes file "plan.txt"
     Then file "plan.txt" should have 1 version everywhere within 30 seconds
      And nothing should be transferred for 5 seconds

Echo loop
    [Documentation]    Both write the same file in turn: it must not go on by itself when they have stopped.
    [Tags]    P-1.1.4    priority:high
    Given Alice and Bob share a folder
     When Alice writes file "plan.txt" 3 times
     Then all folders should be equal within 30 seconds
     When Bob writes file "plan.txt" 3 times
     Then file "plan.txt" should have 1 version everywhere within 30 seconds
      And nothing should be transferred for 10 seconds

Version loop
    [Documentation]    Bob comes back with an old version: it must not go round as if it were new.
    [Tags]    P-1.1.6    priority:high
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Bob goes offline
      And Alice writes file "plan.txt" 3 times
      And Bob comes online
     Then file "plan.txt" should have 1 version everywhere within 30 seconds
      And nothing should be transferred for 5 seconds

Oscillating state
    [Documentation]    Three users write the same file in turn: nobody may show an old version at the end.
    [Tags]    P-1.3.5    priority:medium
    Given Alice, Bob and Carol share a folder in a ring
     When Alice writes file "plan.txt" 5 times
     Then Carol should have Alice's file "plan.txt" within 30 seconds
     When Carol writes file "plan.txt" 5 times
     Then Bob should have Carol's file "plan.txt" within 30 seconds
      And file "plan.txt" should have 1 version everywhere within 30 seconds
      And nothing should be transferred for 5 seconds
