*** Settings ***
Documentation    Somebody is on the way between two devices: who listens hears nothing, who interferes is found out.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Encryption
    [Documentation]    Every byte between the three is kept: no name of a file and nothing of any can be read in it.
    [Tags]    P-6.1.4
    Given Alice, Bob and Carol share a folder
      And somebody listens between Alice, Bob and Carol
     When Alice writes file "plan.txt"
      And Bob writes file "list.txt" of 100 KB
     Then all folders should be equal within 30 seconds

Man in the middle
    [Documentation]    Neither Alice nor Bob takes him for the other one; Bob gets her file by way of Carol.
    [Tags]    P-6.2.1
    Given Alice, Bob and Carol share a folder
      And a man in the middle stands between Alice and Bob
     When Alice writes file "plan.txt"
     Then Alice and Bob should have turned somebody away within 30 seconds
      And Bob should have Alice's file "plan.txt" within 30 seconds
