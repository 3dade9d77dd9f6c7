*** Settings ***
Documentation    What a change costs all peers together grows in line with their number, not with its square.

Resource         ../../resources/sync.resource

Test Template    A change costs in line with the peers

Test Tags        p2p


*** Test Cases ***    FIGURE
Broadcast storm
    [Documentation]    One change sets off a number of messages that grows like the number of peers who need it.
    [Tags]    P-5.1.1    priority:high
    messages
Quadratic growth
    [Documentation]    Peers that could all be linked to each other keep few connections.
    [Tags]    P-5.1.2    priority:high
    connections
Storage multiplication
    [Documentation]    Each peer keeps its log once, however many others there are.
    [Tags]    P-5.1.5
    log
Peer count scaling
    [Documentation]    With more peers the bytes that a change takes grow like their number.
    [Tags]    P-5.2.1
    bytes
CPU scaling
    [Documentation]    With more peers the processor time that a change takes grows like their number.
    [Tags]    P-5.2.6
    processor time


*** Keywords ***
A change costs in line with the peers
    [Documentation]    The same load with three, five and eight peers.
    [Arguments]    ${figure}
    Given 3 peers share a folder as a tree with 2 branches
    When it is measured what 5 files of 300 B by Alice, Bob and Carol cost
    And Dave and Erin join the folder
    And it is measured what 5 files of 300 B by Alice, Bob and Carol cost
    And Frank, Grace and Heidi join the folder
    And it is measured what 5 files of 300 B by Alice, Bob and Carol cost
    Then the ${figure} should grow no faster than the number of peers
