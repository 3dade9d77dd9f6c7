*** Settings ***
Documentation    Users have told each device the keys of the others: whoever has another one gets nothing.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Peer authentication
    [Documentation]    Mallory knows all names and addresses, and greets each device under the name of another one.
    [Tags]    P-6.1.1
    Given Alice, Bob and Carol share a folder
      And Mallory comes as a stranger who passes for one of them
     When Alice writes file "plan.txt"
     Then Alice, Bob and Carol should have turned somebody away within 30 seconds
      And all folders should be equal within 30 seconds

Mutual TLS
    [Documentation]    Mallory speaks TLS, and shows no certificate: nobody speaks with whom it does not know.
    [Tags]    P-6.3.1
    Given Alice, Bob and Carol share a folder
      And Mallory comes as a stranger who shows no key
     When Alice writes file "plan.txt"
     Then Alice, Bob and Carol should have turned somebody away within 30 seconds
      And all folders should be equal within 30 seconds
