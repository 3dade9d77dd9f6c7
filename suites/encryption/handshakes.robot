*** Settings ***
Documentation    A handshake that is disturbed fails cleanly and says where, and the next one succeeds with fresh keys.

Resource         ../../resources/sync.resource

Test Template    A handshake with this flaw fails and is retried

Test Tags        encryption    priority:high


*** Test Cases ***
A corrupted handshake payload
    [Tags]    E-HS-01
    a flipped bit in the second message
A truncated handshake message
    [Tags]    E-HS-02
    the second message cut in half
Handshake messages in another order
    [Tags]    E-HS-03
    the third message after the one that follows it
A replayed handshake message
    [Tags]    E-HS-04
    the first message twice
An oversized handshake payload
    [Tags]    E-HS-05
    a first message of 64 KB
A handshake that is never answered
    [Tags]    E-HS-06
    no second message
A corrupted ML-KEM ciphertext
    [Tags]    E-PQ-01
    a flipped bit in the ML-KEM ciphertext
An ML-KEM ciphertext that is one byte short
    [Tags]    E-PQ-02
    an ML-KEM ciphertext that is one byte too short
ML-KEM fails while X25519 is valid
    [Tags]    E-PQ-03
    another ML-KEM key and the same X25519 key
An ML-KEM key below its size
    [Tags]    E-PQ-04
    an ML-KEM key that is one byte too short
An ML-KEM key above its size
    [Tags]    E-PQ-04
    an ML-KEM key that is one byte too long
A malformed ML-KEM key
    [Tags]    E-PQ-05
    a malformed ML-KEM key


*** Keywords ***
A handshake with this flaw fails and is retried
    [Documentation]    Bob has to reach the relay for what Alice says meanwhile, by a new session with fresh keys.
    [Arguments]    ${flaw}
    Given Alice and Bob are syncing end-to-end encrypted
    When Bob's next handshake has ${flaw}
    And Alice sends 5 messages
    Then Bob should have reported why the handshake failed within 15 seconds
    And Bob should receive all 5 messages within 30 seconds
    And Bob should have no duplicates
