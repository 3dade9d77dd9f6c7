*** Settings ***
Documentation    Somebody has kept all that was said, and says it again.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Replay attack
    [Documentation]    Alice has deleted a file, and Mallory says again, signed by Alice, that she writes it: it stays
    ...                deleted.
    [Tags]    P-6.2.4
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who says again what others said before
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Alice deletes file "plan.txt"
     Then file "plan.txt" should be deleted everywhere within 30 seconds
     When Mallory shares 1 version of file "list.txt"
     Then nothing should be transferred for 5 seconds
      And file "plan.txt" should be deleted everywhere within 10 seconds
