*** Settings ***
Documentation    A hostile client breaks the protocol. The relay refuses it, and honest devices notice nothing.

Resource         ../../resources/sync.resource

Test Template    This attack is refused

Test Tags        adversarial    priority:high


*** Test Cases ***
Malformed messages
    [Documentation]    Bytes that are no HTTP, bodies that are no JSON, frames that are no WebSocket.
    [Tags]    A-PROTO-01
    malformed messages    64 MB    4 MB
Operations out of order
    [Documentation]    In a group that nobody has opened, behind the end of the log, without a beginning, of nobody.
    [Tags]    A-PROTO-03
    operations out of order    64 MB    4 MB
Oversized payloads
    [Documentation]    Said to be too large, or really. The relay does not take them into its memory first.
    [Tags]    A-PROTO-04
    oversized payloads    96 MB    32 MB
Unknown message types
    [Documentation]    Kinds, methods, paths and frames of tomorrow. The connection lives on behind a request.
    [Tags]    A-PROTO-05
    unknown message types    64 MB    4 MB


*** Keywords ***
This attack is refused
    [Documentation]    It comes three times, while Alice and Bob go on.
    [Arguments]    ${attack}    ${peak}    ${growth}
    Given Alice and Bob are syncing
    When a hostile client attacks the relay with ${attack}
    And Alice sends 40 messages over 4 seconds
    Then the relay should have refused every attack within 5 seconds
    And no message should have been delayed by more than 5 seconds
    And Bob should receive all 40 messages within 20 seconds
    And Bob should have no duplicates
    And the relay should have given back what the attacks took within 10 seconds
    And the relay should never have needed more than ${peak} on top
    And the relay's memory should not have grown by more than ${growth} with every attack
