*** Settings ***
Documentation    Mallory says that she has what others want, and they do not get it from her.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Drop attacks
    [Documentation]    Carol asks Mallory, who is alone there, and gets no answer: she asks Bob when he is there again.
    [Tags]    P-3.1.5
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who silently drops what others ask for
     When the network splits into Carol against Alice and Bob
      And Alice writes file "plan.txt"
      And the network heals after 10 seconds
     Then Carol should have Alice's file "plan.txt" within 30 seconds
      And all folders should be equal within 30 seconds

Slowloris
    [Documentation]    Mallory answers, one byte a second, and is there all the time: Carol does not wait for the end.
    [Tags]    P-3.1.6
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who sends one byte a second
     When the network splits into Carol against Alice and Bob
      And Alice writes file "plan.txt"
      And the network heals after 10 seconds
     Then Carol should have Alice's file "plan.txt" within 30 seconds
      And all folders should be equal within 30 seconds

Reputation systems
    [Documentation]    All ask Mallory for a file of hers that she does not give, and give her up after some time.
    [Tags]    P-3.3.2
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who silently drops what others ask for
     When Mallory shares 2 versions of file "plan.txt"
     Then everybody should have quarantined Mallory within 60 seconds
     When Alice writes file "list.txt"
     Then all folders should be equal within 30 seconds

Redundancy
    [Documentation]    Alice and Bob both have a film, and both have thin links: Carol gets parts of it from either.
    [Tags]    P-3.3.3
    Given Alice, Bob and Carol share a folder
      And Carol goes offline
     When Alice writes file "film.bin" of 2 MB
     Then Bob should have Alice's file "film.bin" within 10 seconds
     When the upstream bandwidth of all links is limited to 300 KB/s
      And Carol comes online
     Then Carol should have got files from 2 devices within 30 seconds
      And all folders should be equal within 60 seconds
