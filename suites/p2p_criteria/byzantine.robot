*** Settings ***
Documentation    A third of all peers at most, and one less: so many may be hostile, and the others get along.

Resource         ../../resources/sync.resource

Test Template    The others find out, and get along

Test Tags        p2p    P-9.1.4    priority:high


*** Test Cases ***    HONEST    HOSTILE
One of four
    [Documentation]    Four peers bear one that is hostile.
    3 peers    1
Two of seven
    [Documentation]    Seven peers bear two.
    5 peers    2
Three of ten
    [Documentation]    Ten peers bear three.
    7 peers    3


*** Keywords ***
The others find out, and get along
    [Documentation]    Each hostile one shares different versions with different peers; none of these stays anywhere.
    [Arguments]    ${honest}    ${hostile}
    Given ${honest} share a folder
    And hostile peers join, ${hostile} in all, each of whom shares different versions with different peers
    When Alice writes file "plan.txt"
    Then all folders should be equal within 30 seconds
    When each hostile peer shares 2 versions of file "plan.txt"
    Then everybody should have exposed each hostile peer within 20 seconds
    And all folders should be equal within 30 seconds
    And Bob should have Alice's file "plan.txt" within 10 seconds
