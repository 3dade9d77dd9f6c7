*** Settings ***
Documentation    An invite that cannot be used is one clear message, and nothing half done.

Resource         ../../resources/sync.resource

Test Template    An invite with this flaw is refused

Test Tags        encryption    Z-CORE-04    priority:medium    # robocop: off=TAG02


*** Test Cases ***
A QR code that is cut
    it is cut
A QR code with a wrong checksum
    its checksum is wrong
A QR code of another version
    it is of another version
A short code that nobody made
    nobody made it
A short code with a letter too few
    a letter is missing
A short code whose second half is wrong
    its second half is wrong


*** Keywords ***
An invite with this flaw is refused
    [Documentation]    The device says what is wrong with it, and syncs as before.
    [Arguments]    ${flaw}
    Given Alice and Bob are syncing end-to-end encrypted
    When Alice makes an invite that is valid for 10 minutes
    And Alice sends 5 messages
    Then Bob should refuse the invite because ${flaw}
    And Bob should receive all 5 messages within 20 seconds
