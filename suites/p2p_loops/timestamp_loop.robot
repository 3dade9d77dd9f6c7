*** Settings ***
Documentation    A wrong clock makes no version newer than it is.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Timestamp loop
    [Documentation]    Alice's clock is an hour ahead: what Bob writes on top of her version must stay, on both.
    [Tags]    P-1.1.7    priority:high
    Given Alice and Bob share a folder
      And Alice's clock is 1 hour ahead
     When Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Bob writes file "plan.txt"
     Then Alice should have Bob's file "plan.txt" within 10 seconds
      And file "plan.txt" should have 1 version everywhere within 30 seconds
      And nothing should be transferred for 5 seconds
