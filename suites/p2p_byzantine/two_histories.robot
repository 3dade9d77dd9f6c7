*** Settings ***
Documentation    Mallory says one thing to some, and another thing to the rest.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Selective sharing
    [Documentation]    Mallory shares one version with some, and another one with the rest: none of hers stays anywhere.
    [Tags]    P-3.1.1
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who shares different versions with different peers
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Mallory shares 2 versions of file "plan.txt"
     Then everybody should have exposed Mallory within 20 seconds
      And all folders should be equal within 30 seconds
      And Bob should have Alice's file "plan.txt" within 10 seconds

Fork attacks
    [Documentation]    Alice has one history of Mallory's, Bob and Carol another one, while they do not meet: what both
    ...                have in common stays, everywhere the same.
    [Tags]    P-3.1.7
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who forks its history
     When the network splits into Alice against Bob and Carol
      And Alice writes file "list.txt"
      And Mallory shares 5 versions of file "plan.txt"
      And the network heals after 5 seconds
     Then everybody should have exposed Mallory within 20 seconds
      And all folders should be equal within 30 seconds
