*** Settings ***
Documentation    Who cannot read what passes still sees how much it is, and learns little from that.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Correlation attack
    [Documentation]    Somebody counts the bytes of each message: files of many sizes look like those of few.
    [Tags]    P-6.2.7
    Given Alice, Bob and Carol share a folder
      And somebody listens between Alice, Bob and Carol
     When Alice writes 120 ever larger files up to 60 KB
     Then all folders should be equal within 60 seconds
      And who listens should have heard at most 60 different lengths
