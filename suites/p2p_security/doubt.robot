*** Settings ***
Documentation    Who does not know whom to believe does less, and nothing wrong.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Fail-safe modes
    [Documentation]    Bob has caught one of the two others: he keeps what he has, until his user lets him go on.
    [Tags]    P-6.3.6
    Given Alice and Bob share a folder
     When Alice writes file "plan.txt"
      And Mallory joins as a hostile peer who sends damaged blocks
      And the network splits into Bob against Alice
      And Alice writes file "list.txt"
     Then Bob should be read-only within 30 seconds
     When the network heals after 5 seconds
     Then what Bob has should stay as it is for 20 seconds
     When the user of Bob lets it go on
     Then all folders should be equal within 30 seconds
