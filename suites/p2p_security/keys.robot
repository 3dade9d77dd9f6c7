*** Settings ***
Documentation    Keys do not last: another one takes the place of each, and nobody is locked out meanwhile.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high    P-6.1.5


*** Test Cases ***
Key management
    [Documentation]    Alice gets a new key: all know her, as long as she shows the old one, and from then on.
    Given Alice, Bob and Carol share a folder
     When Alice gets a new key and the old one counts for 20 seconds more
      And Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
      And Alice's old key should be given up within 40 seconds
     When Alice writes file "list.txt"
     Then all folders should be equal within 30 seconds
      And nobody should have been turned away

A key that was stolen
    [Documentation]    Mallory has Alice's old key, whose time is over: nobody takes her for Alice.
    Given Alice, Bob and Carol share a folder
      And somebody copies Alice's disk
     When Alice gets a new key and the old one counts for 10 seconds more
     Then Alice's old key should be given up within 40 seconds
     When Mallory comes as a stranger who has the copied disk
      And Bob writes file "plan.txt"
     Then Bob and Carol should have turned somebody away within 30 seconds
      And all folders should be equal within 30 seconds
