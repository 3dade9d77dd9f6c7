*** Settings ***
Documentation    How often something goes wrong, proved by as many changes as that takes.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Message delivery
    [Documentation]    Three thousand times a change is for another device: a loss of one in a thousand would show.
    [Tags]    P-9.1.5
    Given Alice, Bob, Carol, Dave and Erin share a folder
     When Alice, Bob, Carol, Dave and Erin each write 5 files 30 times
     Then at most 0.1% of all changes should have failed to arrive within 60 seconds
      And all folders should be equal within 30 seconds
