*** Settings ***
Documentation    What somebody wrote comes from whoever has it: only as its author wrote and signed it is it taken.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Data integrity
    [Documentation]    Carol can get Alice's film from Mallory alone, who has put something else into each part of it,
    ...                as long as it was: Carol takes nothing of that.
    [Tags]    P-6.1.2
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who tampers with what is in files
     When the network splits into Carol against Alice and Bob
      And Alice writes file "film.bin" of 1 MB
     Then Carol should have Mallory quarantined within 30 seconds
     When the network heals after 5 seconds
     Then Carol should have Alice's file "film.bin" within 30 seconds
      And all folders should be equal within 30 seconds

Message signing
    [Documentation]    Mallory signs with her own key what Alice is to have written: nobody takes it for Alice's.
    [Tags]    P-6.3.2
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who writes in the names of others
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Mallory shares 1 version of file "plan.txt"
     Then everybody should have quarantined Mallory within 20 seconds
      And every device's log should tell who wrote "plan.txt"
      And all folders should be equal within 30 seconds

Hash chain
    [Documentation]    Mallory signs two changes, and the second one does not follow the first: it counts nowhere.
    [Tags]    P-6.3.2
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who breaks the chain of what it says
     When Alice writes file "list.txt"
      And Mallory shares 2 versions of file "plan.txt"
     Then everybody should have exposed Mallory within 20 seconds
      And all folders should be equal within 30 seconds
