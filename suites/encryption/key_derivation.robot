*** Settings ***
Documentation    A group's key is as dear to guess as the device can bear that makes the group, and no dearer. The
...              plan's least time of 150 ms is of its own machine (here it is 13 to 90 ms): a guess costs memory and
...              iterations.

Resource         ../../resources/sync.resource

Test Template    A device of this memory derives a key at this cost

Test Tags        encryption    Z-CORE-05    priority:high    # robocop: off=TAG02


*** Test Cases ***
A small phone
    1.5 GB    12 MiB and 3 iterations
A phone
    3 GB    19 MiB and 2 iterations
A large phone
    6 GB    46 MiB and 1 iteration
A desktop
    16 GB    64 MiB and 3 iterations


*** Keywords ***
A device of this memory derives a key at this cost
    [Documentation]    Whoever is invited derives the same key, and reads what is said.
    [Arguments]    ${memory}    ${cost}
    Given Alice has ${memory} of memory
    And Alice and Bob are syncing end-to-end encrypted
    When Alice sends 5 messages
    Then Bob should receive all 5 messages within 20 seconds
    And Alice should have derived the key with ${cost} in at most 1 second
    And Bob should have derived the key with ${cost} in at most 1 second
