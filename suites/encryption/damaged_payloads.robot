*** Settings ***
Documentation    A payload that was changed is refused without a byte of it, and the session goes on.

Resource         ../../resources/sync.resource

Test Template    A payload with this damage is refused

Test Tags        encryption    priority:high


*** Test Cases ***
A flipped bit in the ciphertext
    [Tags]    E-ENC-01
    a flipped bit
A ciphertext that is cut
    [Tags]    E-ENC-02
    its last byte cut off
Another authentication tag
    [Tags]    E-ENC-03
    another tag
A nonce of zeros
    [Tags]    E-ENC-04
    a nonce of zeros
The nonce of another message
    [Tags]    E-ENC-04
    the nonce of another message
A payload that is not encrypted
    [Documentation]    Beyond the plan: nobody but its members makes a group one that is not encrypted.
    its encryption taken off


*** Keywords ***
A payload with this damage is refused
    [Documentation]    Bob gets it between messages of Alice's, and tells it from them.
    [Arguments]    ${damage}
    Given Alice and Bob are syncing end-to-end encrypted
    And Alice sends 5 messages
    When Alice's other client sends a payload with ${damage}
    And Alice sends 5 messages
    Then Bob should receive all 10 messages within 30 seconds
    And Bob should have refused the payload within 10 seconds
