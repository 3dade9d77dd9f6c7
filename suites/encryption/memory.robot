*** Settings ***
Documentation    Beyond the plan: a phone and a desktop derive the same key. What that costs belongs to the group, not
...              to the device.

Resource         ../../resources/sync.resource

Test Template    Members with this memory read each other

Test Tags        encryption    priority:high


*** Test Cases ***
A phone is invited by a desktop
    16 GB    1.5 GB
A desktop is invited by a phone
    1.5 GB    16 GB


*** Keywords ***
Members with this memory read each other
    [Documentation]    Alice makes the group, and Bob is invited.
    [Arguments]    ${alice}    ${bob}
    Given Alice has ${alice} of memory
    And Bob has ${bob} of memory
    And Alice and Bob are syncing end-to-end encrypted
    When Alice sends 5 messages
    And Bob sends 5 messages
    Then Bob should receive everything within 30 seconds
    And Alice should receive everything within 30 seconds
    And Bob should have no duplicates
