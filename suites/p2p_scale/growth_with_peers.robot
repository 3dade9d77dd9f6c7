*** Settings ***
Documentation    What a change costs all peers together grows in line with their number, not with its square.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
What crosses the network
    [Documentation]    One change sets off messages and bytes for the peers who need it, and for no square of their
    ...    number.
    [Tags]    P-5.1.1    P-5.2.1
    Given three, five and eight peers were measured while they wrote
     Then the messages should grow no faster than the number of peers
      And the bytes should grow no faster than the number of peers

What each peer keeps
    [Documentation]    Each keeps a few connections, and its log once, however many others there are.
    [Tags]    P-5.1.2    P-5.1.5
    Given three, five and eight peers were measured while they wrote
     Then the connections should grow no faster than the number of peers
      And the log should grow no faster than the number of peers


*** Keywords ***
Three, five and eight peers were measured while they wrote
    [Documentation]    The same load with each number.
    Given 3 peers share a folder as a tree with 2 branches
    When it is measured what 5 files of 300 B by Alice, Bob and Carol cost
    And Dave and Erin join the folder
    And it is measured what 5 files of 300 B by Alice, Bob and Carol cost
    And Frank, Grace and Heidi join the folder
    And it is measured what 5 files of 300 B by Alice, Bob and Carol cost
