*** Settings ***
Documentation    Encryption works with nothing to encrypt.

Resource         ../../resources/sync.resource

Test Tags        encryption    E-ENC-05    priority:medium


*** Test Cases ***
An empty payload is opened
    [Documentation]    It is authentic, so that nobody may take it for a forged one; it is quarantined as no message.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice's other client sends an empty payload
      And Alice sends 5 messages
     Then Bob should receive all 5 messages within 30 seconds
      And Bob should have found the payload empty within 10 seconds
