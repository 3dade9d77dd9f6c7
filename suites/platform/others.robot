*** Settings ***
Documentation    Linux to whatever else people have. Skipped where the run names no agent there.

Resource         ../../resources/sync.resource

Test Template    A device on this platform and one on Linux sync

Test Tags        platform    priority:medium


*** Test Cases ***
A Windows device
    [Tags]    X-PLAT-02
    Windows
A macOS device
    [Tags]    X-PLAT-03
    macOS
An Android device
    [Tags]    X-PLAT-04
    Android
An iOS device
    [Tags]    X-PLAT-04
    iOS


*** Keywords ***
A device on this platform and one on Linux sync
    [Documentation]    Names that only Linux tells apart are two on every platform, and attachments come whole.
    [Arguments]    ${platform}
    Given Bob runs on ${platform}
    And Alice and Bob are syncing
    When Alice writes "milk" into entry "caf\u00e9"
    And Alice writes "eggs" into entry "Cafe\u0301"
    And Bob sends a message with an attachment of 1 MB
    Then Alice and Bob should show "milk" in entry "caf\u00e9" within 60 seconds
    And Alice and Bob should show "eggs" in entry "Cafe\u0301" within 60 seconds
    And Alice should have all attachments within 60 seconds
    And Bob should run on ${platform}
