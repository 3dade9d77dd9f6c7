*** Settings ***
Documentation    Whoever is linked to whom, one change goes to everybody once, and then there is silence.

Resource         ../../resources/sync.resource

Test Template    One change goes to everybody once

Test Tags        p2p    priority:high


*** Test Cases ***    WHO    SHAPE
Simple loop
    [Documentation]    What Alice writes goes to Bob, who must not send it back as if he had written it.
    [Tags]    P-1.1.1
    Alice and Bob    mesh
Triangle loop
    [Documentation]    What Alice writes does not come back to her by way of Bob and Carol.
    [Tags]    P-1.1.2
    Alice, Bob and Carol    ring
Hidden loop
    [Documentation]    What Alice writes does not come back to her on a long way, on which nobody sees the loop.
    [Tags]    P-1.3.4
    Alice, Bob, Carol and Dave    ring


*** Keywords ***
One change goes to everybody once
    [Documentation]    One change, then silence; nobody got it twice.
    [Arguments]    ${who}    ${shape}
    Given ${who} share a folder in a ${shape}
    When Alice writes file "plan.txt"
    Then all folders should be equal within 30 seconds
    And nothing should be transferred for 10 seconds
    And a change should cost at most 1 transfer per device
