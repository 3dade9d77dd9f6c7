*** Settings ***
Documentation    What the next version of a file costs does not depend on how many there were before.

Resource         ../../resources/sync.resource

Test Template    Versions cost in line with their number

Test Tags        p2p


*** Test Cases ***    FIGURE
Message rate scaling
    [Documentation]    Peers keep up: a change takes them no more work when there were many before it.
    [Tags]    P-5.2.3
    processor time
Storage scaling
    [Documentation]    A change takes as much room in the log when there were many before.
    [Tags]    P-5.2.4
    log


*** Keywords ***
Versions cost in line with their number
    [Documentation]    Few changes, then more, then many.
    [Arguments]    ${figure}
    Given Alice, Bob and Carol share a folder
    When it is measured what 10 versions of "plan.txt" by Alice cost
    And it is measured what 30 versions of "plan.txt" by Alice cost
    And it is measured what 90 versions of "plan.txt" by Alice cost
    Then the ${figure} should grow no faster than the number of changes
