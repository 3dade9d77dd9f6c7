*** Settings ***
Documentation    Mallory sends something else than what there is: Carol, who reaches nobody else for a while, finds out.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Data poisoning
    [Documentation]    Carol gets damaged blocks of Alice's film, takes none of them, and gets it from others later.
    [Tags]    P-3.1.2
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who sends damaged blocks
     When the network splits into Carol against Alice and Bob
      And Alice writes file "film.bin" of 1 MB
     Then Carol should have Mallory quarantined within 30 seconds
     When the network heals after 5 seconds
     Then all folders should be equal within 30 seconds

Metadata lies
    [Documentation]    Mallory says that her file is larger than it is, and from the next century: it is nowhere.
    [Tags]    P-3.1.3
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who lies about sizes, hashes and times
     When Alice writes file "list.txt"
      And Mallory shares 2 versions of file "plan.txt"
     Then everybody should have exposed Mallory within 20 seconds
      And all folders should be equal within 30 seconds

Verification
    [Documentation]    Carol hears of Alice's file from Mallory, who has emptied it: that is not what Alice has signed.
    [Tags]    P-3.3.4
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who changes what others wrote
     When the network splits into Carol against Alice and Bob
      And Alice writes file "plan.txt"
     Then Carol should have Mallory quarantined within 30 seconds
     When the network heals after 5 seconds
     Then Carol should have Alice's file "plan.txt" within 30 seconds
      And all folders should be equal within 30 seconds

Isolation
    [Documentation]    Carol has caught Mallory, and has nothing more to do with her: all else goes on.
    [Tags]    P-3.3.5
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who sends damaged blocks
     When the network splits into Carol against Alice and Bob
      And Alice writes file "plan.txt"
     Then Carol should have Mallory quarantined within 30 seconds
     When the network heals after 5 seconds
      And Alice writes file "list.txt"
     Then Carol should have Alice's file "list.txt" within 30 seconds
      And all folders should be equal within 30 seconds

Recovery
    [Documentation]    Carol has lost all, and gets it back from Bob, not from Mallory, whom she met first.
    [Tags]    P-3.3.6
    Given Alice, Bob and Carol share a folder in a chain
     When Alice writes 5 files of 4 KB
     Then all folders should be equal within 30 seconds
     When Mallory joins as a hostile peer who sends damaged blocks
      And the network splits into Carol against Alice and Bob
      And Carol is reinstalled
      And Bob writes file "plan.txt"
     Then Carol should have Mallory quarantined within 30 seconds
     When the network heals after 5 seconds
     Then all folders should be equal within 30 seconds
