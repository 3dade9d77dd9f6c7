*** Settings ***
Documentation    How long peers are there, and how seldom one fails: weeks of their life, in virtual time.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
A month of kills and cuts
    [Documentation]    Three peers that work day and night, and are killed and cut off again and again: 90 days of all
    ...    together without a failure prove more than 30 days between two of one peer. Their nodes are those of real
    ...    peers; processes, disks and the network are in memory.
    [Tags]    P-9.3.1    P-9.3.6
    Given Alice, Bob and Carol share a folder
     When Alice writes 5 files of 1 KB
     Then all folders should be equal within 30 seconds
     When 3 peers of this product live for 31 days in virtual time
     Then each of them should have been available for 99.9% of the time
      And the mean time between failures of a peer should be above 30 days
