*** Settings ***
Documentation    Mallory does more than she should.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Flood attacks
    [Documentation]    Mallory says the same a thousand times: it is taken in bit by bit, and Alice's file comes all the
    ...                same.
    [Tags]    P-3.1.4    unscaled
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who floods the others with messages
     When Mallory shares 1 version of file "plan.txt"
      And Alice writes file "list.txt"
     Then Bob should have Alice's file "list.txt" within 10 seconds
      And nobody should take in more than 400 messages of Mallory's in 1 second

Voting mechanisms
    [Documentation]    Mallory votes five times, and has one vote of four: the three others decide, when they agree.
    [Tags]    P-3.3.1
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who votes again and again
      And Alice and Bob go offline
     When Alice writes file "plan.txt"
      And Bob writes file "plan.txt"
      And Alice and Bob come online
     Then nothing should be transferred for 5 seconds
      And file "plan.txt" should have 2 versions everywhere within 10 seconds
     When Alice, Bob and Carol vote for Bob's version of file "plan.txt"
     Then file "plan.txt" should have 1 version everywhere within 30 seconds

Audit trails
    [Documentation]    Whoever looks into any log afterwards sees who changed a file, and what Mallory did.
    [Tags]    P-3.3.7
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who shares different versions with different peers
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Bob writes file "plan.txt"
      And Mallory shares 2 versions of file "plan.txt"
     Then everybody should have exposed Mallory within 20 seconds
      And every device's log should tell who wrote "plan.txt"
