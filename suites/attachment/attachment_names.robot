*** Settings ***
Documentation    What people and attackers call their files.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.1    priority:low


*** Test Cases ***
Names with spaces and other alphabets and dots
    [Documentation]    A name arrives as it was given, and leads nowhere on anybody's disk.
    Given Alice and Bob are syncing
     When Alice sends a message with an attachment named "two words and a third.txt"
      And Alice sends a message with an attachment named "Straße ☂ 日本.jpg"
      And Alice sends a message with an attachment named "../../../escaped.txt"
     Then Bob should have all attachments within 10 seconds
      And Bob should know all attachments by their names
      And Bob should have written in his own folder only
