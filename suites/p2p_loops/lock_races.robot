*** Settings ***
Documentation    Whoever asks for a lock at the same time as somebody else: one gets it, and the other one after that.

Resource         ../../resources/sync.resource

Test Template    One of two gets the lock, and then the other

Test Tags        p2p    priority:high


*** Test Cases ***    WHO    SHAPE    TWO
Lock file race
    [Documentation]    Alice and Bob make the lock of one file in the same moment.
    [Tags]    P-1.2.1
    Alice and Bob    mesh    Alice and Bob
Lock collision
    [Documentation]    Bob hears of a lock of one file from Alice and of another one from Carol, who never meet.
    [Tags]    P-1.2.4
    Alice, Bob and Carol    chain    Alice and Carol


*** Keywords ***
One of two gets the lock, and then the other
    [Documentation]    Two ask at once; who has the lock gives it back; in the end each of them had it.
    [Arguments]    ${who}    ${shape}    ${two}
    Given ${who} share a folder in a ${shape}
    And the latency both ways of all links is set to 1 second
    When Alice writes file "plan.txt"
    Then all folders should be equal within 30 seconds
    When ${two} ask for the lock of "plan.txt" at once
    Then the lock of "plan.txt" should be with one of ${two} within 10 seconds
    When whoever has the lock of "plan.txt" gives it back
    Then the lock of "plan.txt" should have been with each of ${two} within 20 seconds
