*** Settings ***
Documentation    A change costs what it has to, however many peers there are.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Amplification loop
    [Documentation]    Each of five peers gets each of twenty changes once, though all four others have it.
    [Tags]    P-1.1.5    priority:high
    Given Alice, Bob, Carol, Dave and Erin share a folder
     When Alice writes 20 files of 4 KB
     Then all folders should be equal within 30 seconds
      And a change should cost at most 1 transfer per device
